"""The limits on pictures from the bundled TOML file, with the operator's rows laid over them."""

from __future__ import annotations

import attrs

from llama_marketing.adapters.package_data.rows import PackagedRows
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.imaging.placements import ImageLimit, ImagePlacement, ImageRules
from llama_marketing.ports.image_rules import ImageRulesSource

FILE = "images.toml"


@attrs.define(eq=False)
class PackagedImageRules(PackagedRows[ImageRules], ImageRulesSource):
    """Reads ``images.toml`` at the first use, once; safe between threads.

    ``override`` is the operator's folder with a file of the same name: a placement is laid over
    the bundled one by its ``id``, a limit by its ``rule_id``.
    """

    def rules(self) -> ImageRules:
        """The rules, always the same object.

        Raises SettingsError with the file and the row for what cannot be read or breaks a rule.
        """
        return self._once()

    def _read(self) -> ImageRules:
        placements = self._rows(ImagePlacement, FILE, "placements", "id")
        limits = self._rows(ImageLimit, FILE, "image_limits", "rule_id")
        try:
            return ImageRules(placements=placements, limits=limits)
        except InvalidRequest as error:
            raise SettingsError(f"{FILE}: {error}") from error
