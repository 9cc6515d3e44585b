"""The console's server (``yinliu.console.server.create_app``): what the public sees of it are signposts' pages."""
