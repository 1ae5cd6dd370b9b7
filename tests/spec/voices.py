"""What customers say: K14, K15, K16, K18."""

from datetime import date

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.periods import Period
from spec.tables import Answer, Spec

ANSWERS = Spec(
    "What customers say",
    "April 2024. Customer 1 changed their mind: the latest answer counts. One answer is anonymous. The satisfaction of "
    "customer 3 is on a scale of 0 to 100, an effort of 2 is good where lower is better. Ten invitations to the survey "
    "'spring' were sent; answers to surveys without invitations are in no response rate.",
    Definitions(
        window_days=30, currency="EUR",
        coverage=(SourceCoverage("shop", first=date(2023, 1, 1), last=date(2024, 12, 31)),),
    ),
    (Period(date(2024, 4, 1), date(2024, 5, 1)),),
    {
        "orders": """
            customer | order_id | local_day  | goods
            1        | a        | 2024-04-25 | 10
            2        | b        | 2024-04-25 | 10
            3        | c        | 2024-04-25 | 10
            4        | d        | 2024-04-25 | 10
            """,
        "feedback": """
            feedback_id | customer | local_day  | kind | survey | language | score | scale_low | scale_high | lower_is_better
            n1          | 1        | 2024-04-02 | nps  | spring | de       | 3     |           |            |
            n2          | 1        | 2024-04-20 | nps  | spring | de       | 10    |           |            |
            n3          | 2        | 2024-04-03 | nps  | spring | en       | 8     |           |            |
            n4          | 3        | 2024-04-03 | nps  | spring | en       | 6     |           |            |
            n5          |          | 2024-04-03 | nps  | spring | en       | 9     |           |            |
            s1          | 1        | 2024-04-04 | csat |        | de       | 5     |           |            |
            s2          | 2        | 2024-04-04 | csat |        | de       | 4     | 1         | 5          |
            s3          | 2        | 2024-04-05 | csat |        | de       | 2     | 1         | 5          |
            s4          | 3        | 2024-04-05 | csat |        | de       | 90    | 0         | 100        |
            e1          | 1        | 2024-04-06 | ces  |        | de       | 7     |           |            |
            e2          | 2        | 2024-04-06 | ces  |        | de       | 5     |           |            |
            e3          | 3        | 2024-04-06 | ces  |        | de       | 2     | 1         | 7          | yes
            i1          | 1        | 2024-04-01 | invitation | spring | de |     |           |            |
            i2          | 2        | 2024-04-01 | invitation | spring | en |     |           |            |
            i3          | 3        | 2024-04-01 | invitation | spring | en |     |           |            |
            i4          | 4        | 2024-04-01 | invitation | spring | en |     |           |            |
            i5          |          | 2024-04-01 | invitation | spring | en |     |           |            |
            i6          |          | 2024-04-01 | invitation | spring | en |     |           |            |
            i7          |          | 2024-04-01 | invitation | spring | en |     |           |            |
            i8          |          | 2024-04-01 | invitation | spring | en |     |           |            |
            i9          |          | 2024-04-01 | invitation | spring | en |     |           |            |
            i10         | 1        | 2024-04-18 | invitation | spring | de |     |           |            |
            """,
    },
    (
        Answer("nps", "25", "1", "4", why="two promoters (1 and nobody known), one passive, one detractor"),
        Answer("csat", "75", "3", "4", why="5, 4 and 90 of 100"),
        Answer("csat_mean", "3.9", "15.6", "4", why="5 + 4 + 2 + 4.6"),
        Answer("ces_mean", "6", "18", "3", why="7 + 5 + 6"),
        Answer("survey_response_rate", "50", "5", "10"),
        Answer("survey_response_rate", "100", "2", "2", (("survey", "spring"), ("language", "de"))),
        Answer("survey_response_rate", "37.5", "3", "8", (("survey", "spring"), ("language", "en"))),
        Answer("feedback_participation", "75", "3", "4", why="4 said nothing"),
        Answer("nps", "0", "0", "3", (("language", "en"),)),
    ),
)  # fmt: skip

SPECS = (ANSWERS,)
