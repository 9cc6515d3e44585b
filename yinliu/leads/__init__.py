"""Pure decisions about people: identity, scoring, routing. Plain values in, plain values out."""
