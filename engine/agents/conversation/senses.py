"""What a model can see and hear: as the operator says, else as its profile does. Imports pydantic-ai."""

from pydantic_ai.models import Model
from pydantic_ai.models.fallback import FallbackModel

from engine.agents.conversation.talk import FileKind, SentFile
from engine.agents.names import Provider
from engine.agents.options import ModelOptions

_FLAGS = {FileKind.PICTURE: "supports_image_input", FileKind.VOICE: "supports_audio_file_input"}
_SOUNDS = frozenset({"audio/wav", "audio/mpeg"})
"""The only ones that the OpenAI interface takes; a voice message of Telegram's is Ogg."""
_OTHER_NAMES = {
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-mpeg": "audio/mpeg",
    "audio/opus": "audio/ogg",
    "image/jpg": "image/jpeg",
}
"""What programs call the same things; models know one name for each."""
_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


class Senses:
    """Those of one model."""

    def __init__(self, options: ModelOptions, model: Model) -> None:
        self._options = options
        self._models = model.models if isinstance(model, FallbackModel) else [model]

    def take(self, file: SentFile) -> bool:
        """Whether it can be shown to the model, and to those to fall back on."""
        media_type = known_as(file.media_type)
        kind = FileKind.VOICE if file.kind is FileKind.SOUND else file.kind  # whoever hears one hears the other
        if kind is FileKind.PICTURE and media_type not in _PICTURES:
            return False
        if kind is FileKind.VOICE and not self._hears(media_type):
            return False
        if self._options.takes is not None:
            return kind in self._options.takes
        return all(bool(model.profile.get(_FLAGS[kind], True)) for model in self._models)

    def _hears(self, media_type: str) -> bool:
        providers = {name.provider for name in self._options.chain(small=False)}
        if Provider.ANTHROPIC in providers:
            return False
        return media_type in _SOUNDS or not providers & {Provider.OPENAI, Provider.OLLAMA}


def known_as(media_type: str) -> str:
    """The name under which models know it."""
    return _OTHER_NAMES.get(media_type, media_type)
