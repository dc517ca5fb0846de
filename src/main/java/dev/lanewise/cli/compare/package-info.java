/** The command compare: trainings side by side, their tables, numbers and plots. */
package dev.lanewise.cli.compare;
