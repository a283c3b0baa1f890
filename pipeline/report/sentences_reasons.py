"""The sentences about why customers have their scores, English and German side by side."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "reasons.title": (
        "Why: the reasons of the scores",
        "Warum: die Gründe der Einschätzungen",
    ),
    "reasons.intro": (
        "Each customer has up to three reasons in the CRM, in words and with their own numbers. How often "
        "each kind is among them:",
        "Zu jeder Person stehen bis zu drei Gründe im CRM, in Worten und mit den eigenen Zahlen. Wie oft "
        "jede Art darunter ist:",
    ),
    "reasons.leaving": (
        "At {risk} risk: what raises it, share of these customers",
        "Bei {risk} Risiko: was es erhöht, Anteil dieser Personen",
    ),
    "reasons.staying": (
        "At {risk} risk: what holds them, share of these customers",
        "Bei {risk} Risiko: was sie hält, Anteil dieser Personen",
    ),
    "reasons.head": (
        "Reason",
        "Grund",
    ),
    "reasons.share": (
        "Customers",
        "Personen",
    ),
    "reasons.example": (
        "How a score comes about: mean of the ten customers in the middle of those at {risk} risk",
        "Wie eine Einschätzung entsteht: Mittel der zehn mittleren Personen mit {risk} Risiko",
    ),
    "reasons.example_note": (
        "From the score of nobody in particular, step by step, to this one; the number is the churn "
        "probability reached. The steps are exact; they tell what moved the model, not what would keep "
        "somebody.",
        "Von der Einschätzung ohne jede Kenntnis Schritt für Schritt zu dieser; die Zahl ist die erreichte "
        "Wahrscheinlichkeit der Abwanderung. Die Schritte sind exakt; sie sagen, was das Modell bewegt hat, "
        "nicht, was jemanden hielte.",
    ),
    "reasons.base": (
        "Nobody in particular",
        "Ohne jede Kenntnis",
    ),
    "reasons.rest": (
        "All else",
        "Alles Übrige",
    ),
    "reasons.probability": (
        "Churn probability",
        "Wahrscheinlichkeit",
    ),
}
