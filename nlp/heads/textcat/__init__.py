"""A head that is spaCy's ``TextCategorizer``: chosen by ``classifier: textcat`` in ``topics.yaml``."""
