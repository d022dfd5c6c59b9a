"""What was done to a shop and what became of its orders, for people and for programs."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Visit:
    """A process died at a place of its own accord; so many purchases were under way then."""

    point: str
    process: str
    after_s: float
    under_way: int


@dataclass
class Report:
    """What was done to the shop and what became of its orders. `wrong` is empty when all is well."""

    seed: int
    seconds: float = 0.0
    visits: list[Visit] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    orders: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counted = (len(self.visits), self.faults.total(), self.orders.total())
        lines = [
            f"chaos with seed {self.seed}, {self.seconds / 60:.1f} min",
            "{} crash points reached, {} faults injected, {} orders survived".format(*counted),
            "processes died at:",
            *(
                f"  {visit.after_s:5.0f} s  {visit.point} of {visit.process}, {visit.under_way} purchases under way"
                for visit in self.visits
            ),
            "faults:",
            *(f"  {count:5d}  {fault}" for fault, count in sorted(self.faults.items())),
            "orders ended:",
            *(f"  {count:5d}  {status}" for status, count in sorted(self.orders.items())),
            "buyers were told:",
            *(f"  {count:5d}  {answer}" for answer, count in sorted(self.answers.items())),
            "and, before that:",
            *(f"  {count:5d}  {trouble}" for trouble, count in self.troubles.most_common(12)),
        ]
        return "\n".join([*lines, *(["WRONG:"] if self.wrong else []), *(f"  {each}" for each in self.wrong)])

    def write(self, folder: Path) -> None:
        """Keep it beside the logs."""
        visits = [asdict(visit) for visit in self.visits]
        (folder / "chaos-report.txt").write_text(f"{self}\n", encoding="utf-8")
        (folder / "chaos-report.json").write_text(
            json.dumps({**vars(self), "visits": visits}, indent=2), encoding="utf-8"
        )
