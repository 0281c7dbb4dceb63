// What themes, concepts and charts wear. The give form has none of them and leaves these away, so that it opens fast.
import "./styles/coproduction.css";
import "./styles/charts.css";
import "./styles/themes.css";
