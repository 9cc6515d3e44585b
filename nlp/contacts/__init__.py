"""Contact details left in comments: phone, WeChat id, Matrix id, QQ, e-mail; found in disguise too, and masked."""

from nlp.contacts.masking import mask, mask_text
from nlp.contacts.search import find_contacts
from nlp.contacts.suspicion import suspects

__all__ = ["find_contacts", "mask", "mask_text", "suspects"]
