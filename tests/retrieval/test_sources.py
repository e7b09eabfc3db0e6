"""Lists of other people to rows of the catalogue, what is left out and why, and facts checked against them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.domain import Item
from agent.errors import Invalid
from retrieval import catalog
from retrieval.crosscheck import check, folded, known
from retrieval.sources import columns
from retrieval.sources.importing import SOURCES, Imported, run, shortened, work
from retrieval.sources.table import ADULT, PATH, feel, tags
from retrieval.vocabulary import WARNINGS

ABOUT = "Slow water and small stones, one at a time, until the light goes."


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows) + "\n")
    return path


def steam(**fields: Any) -> dict[str, Any]:
    return {
        "name": "Quiet Water", "link": "https://store.steampowered.com/app/42/", "genre": "Puzzle",
        "tags": ["Relaxing", "Puzzle", "Free to Play"], "description": ABOUT, "release_date": "22 Aug, 2012",
    } | fields  # fmt: skip


def only(imported: Imported) -> Item:
    [item] = imported.items
    assert catalog.parse(item.model_dump_json().encode(), "here") == item
    return item


def test_the_table_is_one_that_can_be_reviewed() -> None:
    assert len(tags()) >= 200
    for name, tag in tags().items():
        assert name == name.lower().strip() and -1 <= tag.valence <= 1
        assert 0 <= tag.energy <= 1 and 0 <= tag.demand <= 1 and set(tag.warnings) <= set(WARNINGS)
        assert name not in ADULT, "what is for adults is left out or asked for, never judged by a row"
    names = [line.split(",")[0] for line in PATH.read_text().splitlines()[1:]]
    assert len(names) == len(set(names))
    assert "horror" in tags()["psychological horror"].warnings and "grief" in tags()["drama"].warnings


def test_tags_are_weighed_by_their_votes() -> None:
    calm, loud = feel([("Relaxing", 3.0), ("Shooter", 1.0)]), feel([("Relaxing", 1.0), ("Shooter", 3.0)])
    assert calm and loud and calm.energy < loud.energy and calm.valence > loud.valence
    assert feel([("Nobody Knows This", 1.0)]) is None


def test_a_steam_list_as_jsonl_and_as_csv_gives_the_same_row(tmp_path: Path) -> None:
    jsonl = lines(tmp_path / "games.jsonl", steam())
    table = lines(tmp_path / "games.csv", "AppID,Name,Release date,Price,Tags,About the game",
                  f'42,Quiet Water,"Aug 22, 2012",0.0,"Relaxing,Puzzle,Free to Play","{ABOUT}"')  # fmt: skip
    one, other = only(run(SOURCES["steam"](jsonl), "steam")), only(run(SOURCES["steam"](table), "steam"))
    assert (one.title, one.year, one.free, one.source) == ("Quiet Water", 2012, True, "steam")
    assert one.url == other.url == "https://store.steampowered.com/app/42/"
    assert (one.energy, one.genres[0], one.goals) == (other.energy, "relaxing", other.goals)
    assert "calm" in one.goals and one.licence.startswith("description: Steam")


def test_adult_works_come_only_when_asked_for_and_are_warned_of(tmp_path: Path) -> None:
    path = lines(tmp_path / "games.jsonl", steam(tags=["Puzzle", "Hentai"]))
    kept = run(SOURCES["steam"](path), "steam")
    assert not kept.items and kept.dropped == {"for adults": 1}
    assert "sexual content" in only(run(SOURCES["steam"](path), "steam", adult=True)).warnings


def test_what_is_left_out_is_told_with_its_line(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "games.jsonl", steam(), "{broken", steam(name=""), steam(link="x", name="No Number"),
        steam(description="Too short.", name="B"), steam(tags=["Nobody Knows"], genre="Neither", name="C"), steam(),
        steam(name="Known Already"),
    )  # fmt: skip
    known_already = ("known already", "game", 2012)
    seen: list[int] = []
    imported = run(SOURCES["steam"](path), "steam", known={known_already}, progress=seen.append)
    assert [item.title for item in imported.items] == ["Quiet Water"] and seen[-1] == 8
    assert imported.where == {
        "no JSON object": ["games.jsonl:2"],
        "no title": ["games.jsonl:3"],
        "no Steam app number": ["games.jsonl:4"],
        "no description of at least 20 characters": ["games.jsonl:5"],
        "no genre or tag that the table knows": ["games.jsonl:6"],
        "twice in this list": ["games.jsonl:7"],
        "in the catalogue already": ["games.jsonl:8"],
    }
    assert "1 rows taken, 7 left out" in imported.text()


def test_open_source_games_without_tools_and_without_a_year(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "games.jsonl",
        {"title": "Stones", "keywords": ["puzzle", "multiplayer online + LAN"], "home": "http://stones.example.org/",
         "description": ABOUT},
        {"title": "Engine", "keywords": ["game engine"], "description": ABOUT, "home": "https://e.example.org/"},
        {"title": "Remake", "keywords": ["puzzle", "content commercial + original required"], "description": ABOUT},
    )  # fmt: skip
    imported = run(SOURCES["opensource"](path), "opensource")
    item = only(imported)
    assert (item.year, item.url, item.social, item.licence) == (None, "https://stones.example.org/", True, "CC0-1.0")
    assert imported.dropped == {"made for making games": 1, "needs the files of another game": 1}


def test_films_of_the_encyclopedia(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "films.jsonl",
        {"title": "The Pond", "year": 1984, "genres": ["Drama"], "extract": f"{ABOUT} " * 20,
         "href": "The_Pond_(film)"},
        {"title": "Nights", "year": 1985, "genres": ["Erotic"], "extract": ABOUT, "href": "Nights"},
    )  # fmt: skip
    item = only(run(SOURCES["wikipedia"](path), "wikipedia"))
    assert item.url == "https://en.wikipedia.org/wiki/The_Pond_(film)" and item.licence == "CC-BY-SA-4.0"
    assert len(item.description) <= 500 and item.description.endswith(".") and "grief" in item.warnings


def test_ted_talks_feel_as_their_viewers_said_and_no_code_of_a_list_runs(tmp_path: Path) -> None:
    head = "description,duration,film_date,ratings,tags,title,url"
    ratings = "[{'id': 7, 'name': 'Funny', 'count': 90}]"
    talk = "https://www.ted.com/talks/pond"
    row = f'"{ABOUT}",1164,1140825600,"{ratings}","[\'children\', \'dance\']",Pond talk,{talk}'
    evil = row.replace(ratings, "__import__('os').abort()").replace("Pond", "Evil")
    imported = run(SOURCES["ted"](lines(tmp_path / "ted.csv", head, row, evil)), "ted")
    item = only(imported)
    assert (item.kind, item.year, item.minutes, item.free) == ("video", 2006, 19, True) and item.valence > 0.5
    assert imported.dropped == {"a field cannot be read (ValueError)": 1}


def test_movielens_with_the_tags_beside_it(tmp_path: Path) -> None:
    lines(tmp_path / "movies.csv", "movieId,title,genres", '1,"Pond, The (1984)",Comedy|Romance', "2,Nameless,Drama")
    lines(tmp_path / "tags.csv", "userId,movieId,tag,timestamp", "1,1,wholesome,0", "2,1,wholesome,0")
    imported = run(SOURCES["movielens"](tmp_path), "movielens")
    item = only(imported)
    assert (item.title, item.year) == ("The Pond", 1984) and "wholesome" in item.description
    assert imported.where == {"no title with a year": ["movies.csv:3"]}


def test_any_csv_with_a_map(tmp_path: Path) -> None:
    plan = lines(tmp_path / "map.yaml", "title: Name", "kind: {value: game}", "year: Out", "description: About",
                 "genres: {column: Tags, split: '|'}", "licence: {value: CC0-1.0}", "minutes: Length")  # fmt: skip
    table = lines(
        tmp_path / "mine.csv", "Name,Out,About,Tags,Length", f'Stones,1999,"{ABOUT}",Puzzle|Relaxing,25', ",2000,x,y,z"
    )
    imported = run(columns.read(table, columns.read_map(plan)), "csv")
    item = only(imported)
    assert (item.kind, item.year, item.minutes, item.licence) == ("game", 1999, 25, "CC0-1.0")
    assert item.url.startswith("https://en.wikipedia.org/w/index.php?search=Stones")
    assert imported.where == {"no title": ["mine.csv:3"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: Name", "kind: Field required"),
        ("title: Name\ncolour: Red", "colour"),
        ("title: {column: a, value: b}", "either column or value"),
        (": [", "no YAML"),
    ],
)
def test_a_wrong_map_is_refused_by_name(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=told):
        columns.read_map(lines(tmp_path / "map.yaml", text))


def test_a_list_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("naïve".encode("latin-1"))
    for source, name in (("ted", "latin.csv"), ("steam", "absent.jsonl")):
        with pytest.raises(Invalid, match=name):
            list(SOURCES[source](tmp_path / name))


def test_descriptions_end_with_a_sentence_and_carry_no_control_characters() -> None:
    assert shortened("One.\n\u202eTwo.") == "One. Two."
    assert shortened("word " * 200).endswith("…") and len(shortened("word " * 200)) <= 500


def test_facts_are_checked_against_lists(tmp_path: Path, items: list[Item]) -> None:
    film = items[0].model_copy(update={"title": "The Pond", "kind": "film", "year": 1985})
    (tmp_path / "wikipedia_movies").mkdir()
    lines(tmp_path / "wikipedia_movies" / "films.jsonl",
          {"title": "Pond (1984 film)", "year": 1984, "genres": ["Drama"], "extract": ABOUT, "href": "P"})  # fmt: skip
    lists = known(tmp_path)
    assert folded("The Pond!") == folded("pond (1984 film)")
    assert check([film], lists).confirmed == (film.id,)
    late = film.model_copy(update={"year": 1999})
    assert check([late], lists).differing == ((film.id, 1984),)
    assert check([items[1]], lists).unknown == (items[1].id,)
    assert "(100%)" in check([film], lists).text()
    assert work(film) == ("the pond", "film", 1985)


@pytest.mark.data
@pytest.mark.parametrize(
    ("source", "file", "least"),
    [("steam", "steam_free/steam_free_games.jsonl", 3000), ("ted", "ted/ted_main.csv", 2400),
     ("opensource", "opensource_games/games.jsonl", 500)],
)  # fmt: skip
def test_the_real_lists_come_in(source: str, file: str, least: int, shared_data: Path) -> None:
    imported = run(SOURCES[source](shared_data / "catalog" / file), source)
    assert len(imported.items) >= least
    assert not any("sexual content" in i.warnings and "hentai" in i.description.lower() for i in imported.items)
