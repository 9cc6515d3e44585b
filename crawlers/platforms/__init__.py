"""One file a platform: pure ``parse_*`` functions of a saved response above, the spider below."""
