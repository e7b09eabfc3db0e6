"""The rules of the crisis screen, from letters to a verdict. No model, no network, nothing but the standard library.

`letters` makes one alphabet of the many that people write with, `words` and `spelling` make plain words of them,
`sentences` cuts a text into clauses that rules can look at, `explicit`, `implicit` and `languages` hold what is looked
for, `context` knows when it does not mean what it says, `verdict` weighs it, and `output` guards what leaves.
"""
