// What only the pages of services wear.
import "./styles/provision.css";
