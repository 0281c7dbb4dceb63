// What only the catalogue's pages wear.
import "./styles/lab.css";
