"""How like people a simulated customer is.

uso.realism.extract_features(conversation)          # 19 features of one conversation
uso.realism.score_usi(model, human, difficulty=...) # the User-Sim Index, with intervals
"""

from usersim_opt.realism.features import extract_features
from usersim_opt.realism.usi import UsiScore, score_usi

__all__ = ["UsiScore", "extract_features", "score_usi"]
