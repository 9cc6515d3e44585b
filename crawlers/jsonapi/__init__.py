"""Any JSON API by configuration alone: options, paging and mapping as small pure pieces of the ``json`` platform."""
