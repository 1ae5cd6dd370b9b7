"""The best SQL that we can write by hand for each output of the report: DuckDB, one query an output.

`{orders}` yields the orders that count: one row an order id, with a customer and a value. Every query reads it anew, as
queries written one by one do. Masks from a small table of days (`bit_or`) are used where they beat the textbook form.
"""

from __future__ import annotations

# Valid orders once each: the repeats are equal, so any of them will do.
CLEAN = """(SELECT order_id, customer_id, ordered_at::DATE AS day, amount, country, channel
  FROM read_parquet('{file}') WHERE customer_id IS NOT NULL AND amount > 0 AND ordered_at < TIMESTAMP '{as_of}'
  QUALIFY row_number() OVER (PARTITION BY order_id) = 1)"""

# By month: customers at start and end, kept, lost, won, new, came and went, buyers, repeat buyers, orders, revenue.
MOVEMENT = """
WITH o AS {orders},
months AS (SELECT (DATE '{first}' + to_months(i::INTEGER))::DATE AS month, i
  FROM range(date_diff('month', DATE '{first}', DATE '{as_of}') + 1) AS r(i)),
days AS (SELECT day,
    (SELECT coalesce(bit_or(1::BIGINT << i), 0) FROM months WHERE month > day AND month <= day + {window}) AS present,
    (SELECT max(1::BIGINT << i) FROM months WHERE month <= day) AS inside
  FROM (SELECT unnest(range(DATE '{first}', DATE '{as_of}', INTERVAL 1 DAY))::DATE AS day)),
per_customer AS (SELECT customer_id, bit_or(present) AS present, bit_or(inside) AS inside, min(inside) AS first_month
  FROM o JOIN days USING (day) GROUP BY customer_id),
alike AS (SELECT present, inside, first_month, count(*) AS n FROM per_customer GROUP BY ALL),
moved AS (SELECT m.month,
    sum(n) FILTER (present & (1::BIGINT << i) <> 0) AS start, sum(n) FILTER (present & (1::BIGINT << i + 1) <> 0) AS "end",
    sum(n) FILTER (present & (1::BIGINT << i) <> 0 AND present & (1::BIGINT << i + 1) <> 0) AS kept,
    sum(n) FILTER (first_month = 1::BIGINT << i) AS new,
    sum(n) FILTER (inside & (1::BIGINT << i) <> 0) AS buyers
  FROM alike CROSS JOIN months m WHERE m.month < DATE '{as_of}' GROUP BY m.month),
sums AS (SELECT month, sum(n) AS orders, sum(revenue) AS revenue, count(*) FILTER (n > 1) AS repeat_buyers
  FROM (SELECT date_trunc('month', day)::DATE AS month, customer_id, count(*) AS n, sum(amount) AS revenue FROM o GROUP BY ALL)
  GROUP BY month)
SELECT * FROM moved JOIN sums USING (month) ORDER BY month
"""

# The triangle: by month of the first order and month since, customers who ordered, revenue.
COHORTS = """
WITH o AS {orders},
by_month AS (SELECT customer_id, date_trunc('month', day)::DATE AS month, sum(amount) AS revenue FROM o GROUP BY ALL),
placed AS (SELECT *, min(month) OVER (PARTITION BY customer_id) AS cohort FROM by_month)
SELECT cohort, date_diff('month', cohort, month) AS age, count(*) AS customers, sum(revenue) AS revenue
FROM placed GROUP BY ALL ORDER BY ALL
"""

# Customers still within the window at the end of each month since their first.
COHORTS_RETAINED = """
WITH o AS {orders}, ends AS (SELECT unnest(range(DATE '{first}' + INTERVAL 1 MONTH, DATE '{as_of}' + 1, INTERVAL 1 MONTH))::DATE AS month_end),
days AS (SELECT day, (SELECT coalesce(bit_or(1::BIGINT << date_diff('month', DATE '{first}', month_end)), 0)
      FROM ends WHERE month_end > day AND month_end <= day + {window}) AS present
  FROM (SELECT unnest(range(DATE '{first}', DATE '{as_of}', INTERVAL 1 DAY))::DATE AS day)),
per_customer AS (SELECT date_trunc('month', min(day))::DATE AS cohort, bit_or(present) AS present FROM o JOIN days USING (day) GROUP BY customer_id),
alike AS (SELECT cohort, present, count(*) AS n FROM per_customer GROUP BY ALL)
SELECT cohort, month_end, sum(n) FILTER (present & (1::BIGINT << date_diff('month', DATE '{first}', month_end)) <> 0) AS customers
FROM alike JOIN ends ON month_end > cohort GROUP BY ALL ORDER BY ALL
"""

RFM = """
WITH o AS {orders},
c AS (SELECT DATE '{as_of}' - max(day) AS recency, count(*) AS frequency, sum(amount) AS monetary FROM o GROUP BY customer_id),
cuts AS (SELECT quantile_disc(recency, [0.2, 0.4, 0.6, 0.8]) AS r, quantile_disc(frequency, [0.2, 0.4, 0.6, 0.8]) AS f,
                quantile_disc(monetary, [0.2, 0.4, 0.6, 0.8]) AS m FROM c),
scored AS (SELECT monetary, frequency,
  5 - len(list_filter(cuts.r, lambda x: recency > x)) AS r, 1 + len(list_filter(cuts.f, lambda x: frequency > x)) AS f,
  1 + len(list_filter(cuts.m, lambda x: monetary > x)) AS m FROM c, cuts)
SELECT r, f, m, count(*) AS customers, sum(frequency) AS orders, sum(monetary) AS revenue FROM scored GROUP BY ALL ORDER BY ALL
"""

# Gaps between order days, and waits still open, counted by days and by how much of the history they need (0: all of it; 3: its
# last 6 months will do): the Kaplan-Meier curves of the four histories are loops over this little table.
GAPS = """
WITH o AS {orders}, days AS (SELECT DISTINCT customer_id, day FROM o),
next AS (SELECT day, lead(day) OVER (PARTITION BY customer_id ORDER BY day) AS next_day FROM days)
SELECT (day >= DATE '{as_of}' - INTERVAL 24 MONTH)::INT + (day >= DATE '{as_of}' - INTERVAL 12 MONTH)::INT
    + (day >= DATE '{as_of}' - INTERVAL 6 MONTH)::INT AS history,
  next_day IS NULL AS open, coalesce(next_day, DATE '{as_of}' - 1) - day AS days, count(*) AS n FROM next GROUP BY ALL ORDER BY ALL
"""

# K13: of customers whose nth order is at least the window old, how many ordered again.
REPEAT = """
WITH o AS {orders}, numbered AS (SELECT day, row_number() OVER w AS nth, lead(day) OVER w AS next_day
  FROM o WINDOW w AS (PARTITION BY customer_id ORDER BY day, order_id))
SELECT least(nth, 10) AS nth, count(*) AS reached, count(next_day) AS again FROM numbered
WHERE day <= DATE '{as_of}' - {window} GROUP BY ALL ORDER BY ALL
"""

# By home market (of the first order), the headline period: customers at its start and end, kept; repeat rate, orders, revenue.
MARKETS = """
WITH o AS {orders}, c AS (
  SELECT arg_min(country, (day, order_id)) AS market,
    bool_or(day < DATE '{start}' AND day >= DATE '{start}' - {window}) AS at_start, bool_or(day >= DATE '{as_of}' - {window}) AS at_end,
    count(*) FILTER (day >= DATE '{start}') AS orders, sum(amount) FILTER (day >= DATE '{start}') AS revenue
  FROM o GROUP BY customer_id)
SELECT market, count(*) FILTER (at_start) AS start, count(*) FILTER (at_end) AS "end", count(*) FILTER (at_start AND at_end) AS kept,
  count(*) FILTER (orders > 0) AS buyers, count(*) FILTER (orders > 1) AS repeat_buyers, sum(orders) AS orders, sum(revenue) AS revenue
FROM c GROUP BY market ORDER BY market
"""

# K24: revenue by month from first, second and later orders.
MONEY = """
WITH o AS {orders}, numbered AS (SELECT day, amount, row_number() OVER (PARTITION BY customer_id ORDER BY day, order_id) AS nth FROM o)
SELECT date_trunc('month', day)::DATE AS month, CASE nth WHEN 1 THEN 'new' WHEN 2 THEN 'returning' WHEN 3 THEN 'returning' ELSE 'loyal' END AS who,
  count(*) AS orders, sum(amount) AS revenue FROM numbered GROUP BY ALL ORDER BY ALL
"""

CONCENTRATION = """
WITH o AS {orders}, c AS (SELECT sum(amount) AS revenue FROM o WHERE day >= DATE '{start}' GROUP BY customer_id),
ranked AS (SELECT revenue, percent_rank() OVER (ORDER BY revenue DESC) AS place FROM c)
SELECT count(*) AS customers, sum(revenue) AS revenue, sum(revenue) FILTER (place < 0.01) AS top_1, sum(revenue) FILTER (place < 0.1) AS top_10,
  sum(revenue) FILTER (place < 0.2) AS top_20 FROM ranked
"""

# K3, K4 by month: revenue of the customers at the start, in the window before it and in the window before the end; all periods at once.
CHURN_OF_REVENUE = """
WITH o AS {orders}, spans AS (SELECT unnest(range(DATE '{first}', DATE '{as_of}', INTERVAL 1 MONTH))::DATE AS s),
totals AS (SELECT s, customer_id, coalesce(sum(amount) FILTER (day < s), 0) AS before,
    coalesce(sum(amount) FILTER (day >= s + INTERVAL 1 MONTH - INTERVAL {window} DAY), 0) AS after
  FROM spans JOIN o ON day >= s - {window} AND day < s + INTERVAL 1 MONTH WHERE s = DATE '{last_month}' OR s = DATE '{year_before}'
  GROUP BY ALL HAVING before > 0)
SELECT s, sum(before) AS start, sum(after) AS "end", sum(greatest(before - after, 0)) AS lost FROM totals GROUP BY s ORDER BY s
"""

# From all rows of the file to what is used.
BRIDGE = """
WITH o AS (SELECT order_id, customer_id, amount, ordered_at FROM read_parquet('{file}')),
once AS (SELECT *, row_number() OVER (PARTITION BY order_id) AS copy FROM o)
SELECT CASE WHEN copy > 1 THEN 'repeated' WHEN customer_id IS NULL THEN 'no_customer' WHEN amount <= 0 THEN 'no_value' ELSE 'counted' END AS step,
  count(*) AS orders, sum(amount) AS amount FROM once GROUP BY ALL ORDER BY ALL
"""

# What stands out: how first orders of each channel go on, and who is overdue by their own rhythm.
SECOND_ORDER = """
WITH o AS {orders}, numbered AS (SELECT channel, day, row_number() OVER w AS nth, lead(day) OVER w AS next_day
  FROM o WINDOW w AS (PARTITION BY customer_id ORDER BY day, order_id))
SELECT channel, count(*) AS firsts, count(*) FILTER (next_day <= day + {window}) AS again FROM numbered
WHERE nth = 1 AND day <= DATE '{as_of}' - {window} GROUP BY channel ORDER BY channel
"""
