/** Tests of the command line, in the process and as processes of their own. */
package io.strider.cli;
