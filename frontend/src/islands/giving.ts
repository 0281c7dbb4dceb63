/** The islands of the give form in one file, in the order in which they wake: what was typed is put back before the others look. */
import "./keep-draft";
import "./give-steps";
import "./live-hint";
import "./place-finder";
import "./service-search";
import "./file-upload";
