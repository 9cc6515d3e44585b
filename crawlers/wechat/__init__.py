"""The official account's API (developers.weixin.qq.com): refusals, days, answers. Pure functions, no network."""
