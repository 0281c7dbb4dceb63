"""What a bench measured: printed as a table, kept as `bench/results/NAME.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Measure:
    """One figure: what, at which size, value and unit, the aim in words ('' = reported only) and whether it holds."""

    measure: str
    size: int
    value: float
    unit: str
    aim: str = ""
    holds: bool | None = None


@dataclass
class Table:
    """The figures of one bench."""

    name: str
    rows: list[Measure] = field(default_factory=list)

    def add(self, measure: str, size: int, value: float, unit: str, *, aim: str = "", holds: bool | None = None) -> None:
        """Note and print one figure."""
        row = Measure(measure, size, round(value, 3), unit, aim, holds)
        self.rows.append(row)
        verdict = {True: "holds", False: "DOES NOT HOLD", None: ""}[holds]
        print(f"{measure:64} {size:>8,} {row.value:>12,.3f} {unit:10} {aim:24} {verdict}", flush=True)

    def write(self, *, keep_others: bool = False) -> None:
        """Keep the figures; the last run is committed. A run of some parts can leave the figures of the others standing."""
        RESULTS.mkdir(exist_ok=True)
        path, new = RESULTS / f"{self.name}.json", {row.measure for row in self.rows}
        before = json.loads(path.read_text(encoding="utf-8")) if keep_others and path.exists() else []
        rows = [row for row in before if row["measure"] not in new] + [asdict(row) for row in self.rows]
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
        missed = [row.measure for row in self.rows if row.holds is False]
        print(f"{len(self.rows)} figures, {len(missed)} below their aim" + (": " + "; ".join(missed) if missed else ""))
