/** The command line: its commands and options. */
package dev.lanewise.cli;
