"""The loopback server by the name that it had first; it lives in models/loopback.py."""

from usersim_opt.models.loopback import OllamaServer, chat_answer, counted_answer, main, stand_ins

__all__ = ["OllamaServer", "chat_answer", "counted_answer", "main", "stand_ins"]

if __name__ == "__main__":
    main()
