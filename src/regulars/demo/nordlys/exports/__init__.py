"""The plan written as the files that four shop systems would export, and the tables that a company keeps beside them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from regulars.demo.nordlys.exports import brazil, company, romania, service, shopify, woocommerce
from regulars.demo.nordlys.plan import Plan

MAPPINGS = Path(__file__).parents[1] / "mappings"


@dataclass(frozen=True)
class Export:
    """Files that one import takes: their source, the mapping (None: a ready reader knows them) and the zone of their times."""

    source: str
    files: tuple[Path, ...]
    mapping: Path | None = None
    zone: str | None = None


@dataclass(frozen=True)
class Written:
    """All exports in the order in which they are imported, and the files that `--margin` and `--costs` take."""

    exports: tuple[Export, ...]
    margin: Path
    costs: Path


def write(plan: Plan, folder: Path) -> Written:
    """Write every file into `folder`, with the mappings; the same plan gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {
        name: Path(shutil.copyfile(MAPPINGS / name, folder / name))
        for name in ("ro.toml", "br.toml", "service.toml")
    }
    zones = dict(plan.con.execute("SELECT code, zone FROM stores").fetchall())
    orders = (
        Export("no", shopify.write(plan, folder), zone=zones["no"]),
        Export("de", woocommerce.write(plan, folder), zone=zones["de"]),
        Export("ro", romania.write(plan, folder), own["ro.toml"], zones["ro"]),
        Export("br", brazil.write(plan, folder), own["br.toml"], zones["br"]),
    )
    beside = tuple(
        Export(store, service.write(plan, folder, store), own["service.toml"], zones[store])
        for store in sorted(zones)
    )
    return Written((*orders, *beside), company.margin(folder), company.costs(folder))
