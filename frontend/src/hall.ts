// What the pages of a hall load and no other: the wall, the screen of who leads, the door with the short code.
import "./styles/hall.css";

import "./islands/count-down";
import "./islands/hall-news";
