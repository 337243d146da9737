"""What a scripted author answers: a conversation and a rubric for it."""

import json

RUBRIC = {
    "stresses": ["clarification"],
    "criteria": [
        {
            "id": "asks",
            "dimension": "clarification.clarifying_questions",
            "text": "It asks.",
            "check": '{"asks": true}',
            "role": "score",
        },
        {
            "id": "calm",
            "dimension": "error_reaction.accusatory_language",
            "text": "The agent is called no names.",
            "check": "",
            "role": "guard",
        },
    ],
    "natural": ["what?", "which one?", "do you see mine", "can i get it back", "hm, why is that?"],
    "near": [
        {"reply": "do you see mine, useless lot?", "fails": ["calm"], "fault": "insults"},
        {"reply": "it is the one that i get", "fails": ["asks"], "fault": "states it"},
    ],
    "contrary": [{"reply": "yes", "fails": ["asks"]}],
}
GOOD = json.dumps(RUBRIC)
TALK = json.dumps({"turns": [{"role": "agent", "text": "Hello"}]})


def with_first(**fields):
    """The rubric with fields of its first criterion replaced."""
    first, *others = RUBRIC["criteria"]
    return json.dumps(RUBRIC | {"criteria": [first | fields, *others]})
