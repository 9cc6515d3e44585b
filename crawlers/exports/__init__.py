"""Files that teams have anyway: exports of creator back-offices and of other crawlers, read row by row into items."""
