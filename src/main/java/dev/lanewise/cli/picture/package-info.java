/** Pictures of digits, as the network knows digits. */
package dev.lanewise.cli.picture;
