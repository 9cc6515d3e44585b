"""How any web page is read: selectors, the options that hold them, posts, comments, and which addresses to ask."""
