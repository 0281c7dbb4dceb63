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

    def write(self) -> None:
        """Keep the figures; the last run is committed."""
        RESULTS.mkdir(exist_ok=True)
        lines = ",\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in self.rows)
        (RESULTS / f"{self.name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
        missed = [row.measure for row in self.rows if row.holds is False]
        print(f"{len(self.rows)} figures, {len(missed)} below their aim" + (": " + "; ".join(missed) if missed else ""))
