import "./styles/fonts.css";
import "./styles/kern.scss";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/parts.css";
import "./styles/forms.css";
import "./styles/pages.css";
import "./styles/map.css";
import "./styles/place.css";
import "./styles/people.css";
import "./styles/team.css";
import "./styles/mine.css";
import "./styles/processes.css";
import "./styles/talk.css";
import "./styles/explore.css";
import "./styles/giving.css";
import "./styles/files.css";

import "htmx.org";

import "./islands/city-map";
import "./islands/page-menu";
import "./islands/theme-switch";
import "./islands/thumb-bar";
import "./islands/way-back";
import "./once";
import { wakeIslands } from "./wake";

wakeIslands();

// A form that came back begins with what is wrong with it, for the keyboard and for who hears the page.
const wrong = document.querySelector<HTMLElement>("#errors");
const beginThere = () => {
  if (wrong && document.activeElement === document.body) wrong.focus();
};
beginThere();
// An address that names a part of the page takes the focus away once more, when that part comes into view.
if (wrong) addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(beginThere)));
