// What only the team's pages wear: nobody else fetches it.
import "./styles/rules.css";
import "./styles/crew.css";
import "./styles/answering.css";
import "./styles/queue.css";
import "./styles/canvas-desk.css";
import "./styles/bring.css";
import "./styles/cockpit.css";
import "./styles/desk.css";
import "./styles/exchange.css";
