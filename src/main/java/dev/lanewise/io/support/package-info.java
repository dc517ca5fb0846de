/** What reading and writing files takes, and not exported: JSON, and files replaced as a whole. */
package dev.lanewise.io.support;
