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
import "./styles/merging.css";
import "./styles/team.css";
import "./styles/mine.css";
import "./styles/processes.css";
import "./styles/rules.css";
import "./styles/talk.css";
import "./styles/explore.css";
import "./styles/giving.css";
import "./styles/meeting.css";
import "./styles/unlawful.css";
import "./styles/files.css";
import "./styles/redaction.css";
import "./styles/charts.css";

import "htmx.org";

import "./islands/city-map";
import "./islands/page-menu";
import "./islands/theme-switch";
import "./islands/thumb-bar";
import "./islands/way-back";
import "./once";
import { wakeIslands } from "./wake";

wakeIslands();

// On a narrow screen the team's row of links is longer than the window: what is open stands in sight.
const row = document.querySelector<HTMLElement>(".staffbar .wrap");
const here = row?.querySelector<HTMLElement>("[aria-current]");
if (row && here && row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;

// A form that came back begins with what is wrong with it, for the keyboard and for who hears the page.
const wrong = document.querySelector<HTMLElement>("#errors");
if (wrong && document.activeElement === document.body) wrong.focus();
