"""Lines name products: the lake knows them by name without an export of products."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from regulars.kernel.definitions import Definitions
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.tables import PRODUCTS
from regulars.sources import SourceFile, import_into

HEADER = "order id,date,customer id,sku,product name,quantity,price,currency\n"
FIRST = HEADER + (
    "1,2025-01-02,C1,P1,Red cup,1,5.00,EUR\n"
    "1,2025-01-02,C1,P2,nan,1,2.00,EUR\n"
    "2,2025-01-03,C2,P1,Red cup,2,5.00,EUR\n"
    "3,2025-01-04,C3,P1,damaged,1,5.00,EUR\n"
)


def names(lake: Lake) -> dict[str, str]:
    engine = DuckEngine()
    try:
        lake.bind(engine)
        return {row["product"]: row["name"] for row in engine.run(PRODUCTS.ibis).to_pylist()}
    finally:
        engine.close()


def brought(lake: Lake, file: Path, text: str) -> dict[str, str]:
    file.write_text(text, encoding="utf-8")
    import_into(lake, [SourceFile(file, "shop")], definitions=Definitions(currency="EUR"))
    return names(lake)


def test_a_product_is_called_what_most_of_its_lines_call_it(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    assert brought(lake, tmp_path / "one.csv", FIRST) == {"P1": "Red cup"}


def test_a_name_that_the_lake_has_stays_and_new_ones_are_added(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    brought(lake, tmp_path / "one.csv", FIRST)
    later = HEADER + (
        "4,2025-02-01,C1,P1,Crimson cup,1,5.00,EUR\n"
        "4,2025-02-01,C1,P2,Blue plate,1,2.00,EUR\n"
        "5,2025-02-02,C2,P2,Blue plate,3,2.00,EUR\n"
        "6,2025-02-03,C3,P1,Crimson cup,1,5.00,EUR\n"
    )
    assert brought(lake, tmp_path / "two.csv", later) == {"P1": "Red cup", "P2": "Blue plate"}


def test_a_table_of_products_keeps_its_price_beside_lines_that_name_it(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    engine = DuckEngine()
    row = {name: [None] for name in PRODUCTS.names} | {"source": ["shop"], "product": ["P1"], "name": ["Cup"]}
    engine.put("made", pa.table({name: pa.array(row[name], PRODUCTS[name].arrow) for name in PRODUCTS.names}))
    with lake.writer() as writer:
        writer.replace(engine.con, "products", "made")
        writer.publish()
    engine.close()
    assert brought(lake, tmp_path / "one.csv", FIRST) == {"P1": "Cup"}
