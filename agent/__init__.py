"""What happens to one entry. Light: the standard library, pydantic, pyyaml, numpy, langchain and langgraph only."""
