"""What the feed platform is made of: documents, their entries, RSSHub, and what is remembered from crawl to crawl."""
