// What the pages of boards load and no other: `{% asset "board.ts" %}`.
import "./styles/board.css";
import "./styles/board-cards.css";
import "./styles/board-list.css";

import "./islands/board-list";
import "./islands/live-board";
