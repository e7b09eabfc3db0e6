"""A feeling and a goal to ranked games, films, series and videos."""
