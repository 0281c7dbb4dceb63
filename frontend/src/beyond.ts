// What every page wears but the give form, which leaves these away so that it opens fast: its rules touch nothing there.
import "./styles/merging.css";
import "./styles/course.css";
import "./styles/meeting.css";
import "./styles/coproduction.css";
import "./styles/redaction.css";
import "./styles/charts.css";
import "./styles/themes.css";
import "./styles/unlawful.css";
