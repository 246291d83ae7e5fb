"""How good a model is at this work: labelled comments, briefs, and what is counted over them."""
