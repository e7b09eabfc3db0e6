"""Imported once by the server that children are born of: what takes seconds to load and to make is there already."""

from __future__ import annotations

from support.gateway_process import application

import serving.journal
from agent import safety

safety.screen("The rules are compiled when they are first asked.", region=None, locale=None)
READY = (application(), serving.journal)
