"""A team's workspace: a folder of small YAML files, each checked, each mistake told with file, line and remedy."""
