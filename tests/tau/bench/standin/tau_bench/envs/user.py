"""The customers of the stand-in itself: there are none."""


def load_user(user_strategy, model="none", provider=None):
    """Only a customer of ours can play here."""
    raise RuntimeError(f"no customer for {user_strategy} {model} {provider}")
