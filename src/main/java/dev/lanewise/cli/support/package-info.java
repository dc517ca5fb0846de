/** What commands share: how they print, draw and write, and how they fail. */
package dev.lanewise.cli.support;
