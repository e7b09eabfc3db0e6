"""MovieLens: a folder (or its `movies.csv`) with titles and genres, and the tags of its readers beside it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus

from retrieval.sources.raw import Found, Raw, csv_rows, ranked
from retrieval.sources.table import ADULT, plain

_TITLE = re.compile(
    r"^(?P<title>.+?)(?:, (?P<article>The|A|An|La|Le|Les|Il|Das|Der|Die|El|Los))?\s*\((?P<year>\d{4})\)$"
)
MOST_TAGS = 6


def read(path: Path) -> Iterator[Found]:
    """The films of `movies.csv`, with the tags of `tags.csv` where it lies beside it."""
    movies = path / "movies.csv" if path.is_dir() else path
    tagged = _tags(movies.parent / "tags.csv")
    for where, row in csv_rows(movies):
        match = _TITLE.match(re.sub(r"\s*\([^()]*\)(?=.*\(\d{4}\)$)", "", row.get("title", "").strip()))
        if match is None:
            yield Found(where, trouble="no title with a year")
            continue
        title = f"{match['article']} {match['title']}" if match["article"] else match["title"]
        genres = [g for g in row.get("genres", "").split("|") if g and not g.startswith("(")]
        most = [tag for tag, _ in tagged[row.get("movieid", "")].most_common(MOST_TAGS)]
        yield Found(where, _raw(title, int(match["year"]), genres, most))


def _raw(title: str, year: int, genres: list[str], most: list[str]) -> Raw:
    said = f" People describe it as {', '.join(most)}." if most else ""
    return Raw(
        title=title,
        kind="film",
        year=year,
        url=f"https://en.wikipedia.org/w/index.php?search={quote_plus(f'{title} {year} film')}",
        description=f"A film: {', '.join(g.lower() for g in genres)}.{said}" if genres or most else "",
        tags=ranked([*genres, *most]),
        licence="MovieLens (GroupLens): for research, with acknowledgement",
        minutes=100,
        adult=any(plain(word) in ADULT for word in [*genres, *most]),
    )


def _tags(path: Path) -> defaultdict[str, Counter[str]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    if path.is_file():
        for _, row in csv_rows(path):
            found[row.get("movieid", "")][row.get("tag", "").strip().lower()] += 1
    return found
