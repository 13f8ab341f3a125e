"""What words are about: those of different domains have nothing to do with each other, whatever their stages."""

from engine.planning.criteria.wording import stem

DOMAINS: dict[str, str] = {
    "software": "ui ux mockup mvp api app website site web code backend frontend dashboard database login feature ml "
    "cnn rnn lstm software server cloud cluster strategy page product landing beta algorithm script plugin "
    "bot pypi npm package changelog docs browser chrome firefox",
    "home": "garden gardens kitchen bathroom bedroom house flat wall floor shed fence roof garage attic basement bed "
    "beds lawn "
    "furniture sofa shelf shelves",
    "body": "gym weight run running diet marathon muscle push-ups yoga sleep steps smoking meditate fitness",
    "event": "wedding party guests venue invitations cake birthday",
    "money": "debt savings mortgage invest pension budget tax taxes loan",
    "travel": "flight flights visa passport hotel trip holiday vacation",
    "language": "spanish french german italian japanese chinese vocabulary grammar",
}
DOMAIN_OF: dict[str, str] = {stem(word): name for name, listed in DOMAINS.items() for word in listed.split()}


def domains(stems: frozenset[str]) -> frozenset[str]:
    """The domains that words belong to."""
    return frozenset(DOMAIN_OF[word] for word in stems if word in DOMAIN_OF)
