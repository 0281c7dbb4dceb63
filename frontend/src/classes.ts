// What the pages of school classes wear, and the code of a slip that was scanned: it stands behind the '#', so no server writes it down.
import "./styles/classes.css";

const field = document.querySelector<HTMLInputElement>("slip-code input");
const scanned = decodeURIComponent(location.hash.slice(1));
if (field && /^[A-Z0-9]{6,12}$/.test(scanned)) {
  field.value = scanned;
  history.replaceState(null, "", location.pathname + location.search);
}
