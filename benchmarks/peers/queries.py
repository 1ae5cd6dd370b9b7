"""The best SQL that we can write by hand for each output of the report: DuckDB, one query an output.

`{orders}` yields the orders that count: one row an order id, with a customer and a value. Every query reads it anew, as
queries written one by one do. Masks from a small table of days (`bit_or`) are used where they beat the textbook form.
"""

from __future__ import annotations

# Valid orders once each: the repeats are equal, so any of them will do.
CLEAN = """(SELECT order_id, customer_id, ordered_at::DATE AS day, amount, country, channel
  FROM read_parquet('{file}') WHERE customer_id IS NOT NULL AND amount > 0 AND ordered_at < TIMESTAMP '{as_of}'
  QUALIFY row_number() OVER (PARTITION BY order_id) = 1)"""

# The headline year and the one before: customers, buyers, orders, revenue.
HEADLINE = """
WITH o AS {orders}, spans AS (SELECT unnest([DATE '{year_before}', DATE '{start}']) AS s, unnest([DATE '{start}', DATE '{as_of}']) AS e),
c AS (SELECT customer_id, min(day) AS first_day,
    count(*) FILTER (day >= DATE '{start}') AS n_1, sum(amount) FILTER (day >= DATE '{start}') AS revenue_1,
    count(*) FILTER (day < DATE '{start}' AND day >= DATE '{year_before}') AS n_0,
    sum(amount) FILTER (day < DATE '{start}' AND day >= DATE '{year_before}') AS revenue_0,
    bool_or(day < DATE '{year_before}' AND day >= DATE '{year_before}' - {window}) AS at_0,
    bool_or(day < DATE '{start}' AND day >= DATE '{start}' - {window}) AS at_1, bool_or(day >= DATE '{as_of}' - {window}) AS at_2
  FROM o GROUP BY customer_id),
years AS (SELECT s, e, CASE WHEN s = DATE '{start}' THEN at_1 ELSE at_0 END AS at_start, CASE WHEN s = DATE '{start}' THEN at_2 ELSE at_1 END AS at_end,
    CASE WHEN s = DATE '{start}' THEN n_1 ELSE n_0 END AS n, CASE WHEN s = DATE '{start}' THEN revenue_1 ELSE revenue_0 END AS revenue, first_day
  FROM c CROSS JOIN spans)
SELECT s, count(*) FILTER (at_start) AS start, count(*) FILTER (at_end) AS "end", count(*) FILTER (at_start AND at_end) AS kept,
  count(*) FILTER (first_day >= s AND first_day < e) AS new, count(*) FILTER (n > 0) AS buyers, count(*) FILTER (n > 1) AS repeat_buyers,
  count(*) FILTER (n > 0 AND NOT at_start AND NOT at_end) AS came_and_went, sum(n) AS orders, sum(revenue) AS revenue
FROM years GROUP BY s ORDER BY s
"""

# By month: customers at start and end, kept, new, buyers, repeat buyers; orders, revenue.
MONTHS = """
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

# Thirteen years, each ending a month later: customers at start and end, kept, buyers, repeat buyers; what the customers at the
# start spent in the year and in the one before. Months are counted from the first day; bit k is the year that starts in month 12 + k.
TREND = """
WITH o AS {orders},
months AS (SELECT (DATE '{first}' + to_months(i::INTEGER))::DATE AS month, i FROM range(37) AS r(i)),
days AS (SELECT day, date_diff('month', DATE '{first}', day) AS m,
    (SELECT coalesce(bit_or(1::BIGINT << i), 0) FROM months WHERE month > day AND month <= day + {window}) AS present
  FROM (SELECT unnest(range(DATE '{first}', DATE '{as_of}', INTERVAL 1 DAY))::DATE AS day)),
cm AS (SELECT customer_id, m, bit_or(present) AS present, count(*) AS n, sum(amount)::DECIMAL(18,4) AS revenue
  FROM o JOIN days USING (day) GROUP BY ALL),
pairs AS (SELECT p.i AS pm, q.i AS m, coalesce(bit_or(1::BIGINT << k), 0) AS inside
  FROM months p, months q LEFT JOIN range(13) AS r(k) ON 12 + k <= p.i AND q.i < 24 + k WHERE p.i <= q.i GROUP BY ALL),
earlier AS (SELECT *, CASE WHEN n > 1 THEN m ELSE lag(m) OVER (PARTITION BY customer_id ORDER BY m) END AS pm FROM cm),
pc AS (SELECT customer_id, bit_or(e.present) AS present, bit_or(a.inside) AS bought, coalesce(bit_or(b.inside), 0) AS again
  FROM earlier e JOIN pairs a ON a.pm = e.m AND a.m = e.m LEFT JOIN pairs b ON b.pm = e.pm AND b.m = e.m GROUP BY customer_id),
alike AS (SELECT present, bought, again, count(*) AS n FROM pc GROUP BY ALL),
spent AS (SELECT m, pc.present, sum(revenue) AS revenue FROM cm JOIN pc USING (customer_id) GROUP BY ALL),
people AS (SELECT k, sum(n) FILTER (present & (1::BIGINT << 12 + k) <> 0) AS start, sum(n) FILTER (present & (1::BIGINT << 24 + k) <> 0) AS "end",
    sum(n) FILTER (present & (1::BIGINT << 12 + k) <> 0 AND present & (1::BIGINT << 24 + k) <> 0) AS kept,
    sum(n) FILTER (bought & (1::BIGINT << k) <> 0) AS buyers, sum(n) FILTER (again & (1::BIGINT << k) <> 0) AS repeat_buyers
  FROM alike CROSS JOIN range(13) AS r(k) GROUP BY k),
money AS (SELECT k, sum(revenue) FILTER (m >= 12 + k AND m < 24 + k) AS existing, sum(revenue) FILTER (m >= k AND m < 12 + k) AS before
  FROM spent CROSS JOIN range(13) AS r(k) WHERE present & (1::BIGINT << 12 + k) <> 0 GROUP BY k)
SELECT * FROM people JOIN money USING (k) ORDER BY k
"""

# The triangle: by month of the first order and month since, customers who ordered.
COHORTS = """
WITH o AS {orders}, months AS (SELECT DISTINCT customer_id, date_trunc('month', day)::DATE AS month FROM o),
placed AS (SELECT month, min(month) OVER (PARTITION BY customer_id) AS cohort FROM months)
SELECT cohort, date_diff('month', cohort, month) AS age, count(*) AS customers FROM placed GROUP BY ALL ORDER BY ALL
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

# By home market (of the first order), the headline year.
MARKETS = """
WITH o AS {orders}, c AS (
  SELECT any_value(country ORDER BY day, order_id) AS market,
    bool_or(day < DATE '{start}' AND day >= DATE '{start}' - {window}) AS at_start, bool_or(day >= DATE '{as_of}' - {window}) AS at_end,
    count(*) FILTER (day >= DATE '{start}') AS orders, sum(amount) FILTER (day >= DATE '{start}') AS revenue
  FROM o GROUP BY customer_id)
SELECT market, count(*) FILTER (at_start) AS start, count(*) FILTER (at_end) AS "end", count(*) FILTER (at_start AND at_end) AS kept,
  count(*) FILTER (orders > 0) AS buyers, count(*) FILTER (orders > 1) AS repeat_buyers, sum(orders) AS orders, sum(revenue) AS revenue
FROM c GROUP BY market ORDER BY market
"""

# K24: revenue by quarter from new customers (first order in it), returning (one order in it) and loyal ones (more).
MONEY = """
WITH o AS {orders}, q AS (SELECT customer_id, date_trunc('quarter', day)::DATE AS quarter, count(*) AS n, sum(amount) AS revenue FROM o GROUP BY ALL),
placed AS (SELECT *, min(quarter) OVER (PARTITION BY customer_id) AS first_quarter FROM q)
SELECT quarter, sum(revenue) FILTER (quarter = first_quarter) AS new, sum(revenue) FILTER (quarter <> first_quarter AND n = 1) AS returning,
  sum(revenue) FILTER (quarter <> first_quarter AND n > 1) AS loyal FROM placed GROUP BY quarter ORDER BY quarter
"""

CONCENTRATION = """
WITH o AS {orders}, c AS (SELECT sum(amount) AS revenue FROM o WHERE day >= DATE '{start}' GROUP BY customer_id),
ranked AS (SELECT revenue, row_number() OVER (ORDER BY revenue DESC) AS place, count(*) OVER () AS everyone FROM c)
SELECT count(*) AS customers, sum(revenue) AS revenue, sum(revenue) FILTER (place * 100 < everyone + 100) AS top_1,
  sum(revenue) FILTER (place * 100 < everyone * 10 + 100) AS top_10, sum(revenue) FILTER (place * 100 < everyone * 20 + 100) AS top_20 FROM ranked
"""

# From all rows of the file to what is used.
BRIDGE = """
WITH o AS (SELECT order_id, customer_id, amount, ordered_at FROM read_parquet('{file}')),
once AS (SELECT *, row_number() OVER (PARTITION BY order_id) AS copy FROM o)
SELECT CASE WHEN copy > 1 THEN 'repeated' WHEN customer_id IS NULL THEN 'no_customer' WHEN amount <= 0 THEN 'no_value' ELSE 'counted' END AS step,
  count(*) AS orders, sum(amount) AS amount FROM once GROUP BY ALL ORDER BY ALL
"""

# D14: the same customer, day and amount again; customers with far too many orders; amounts far above the usual.
QUALITY = """
WITH o AS {orders}, alike AS (SELECT count(*) - 1 AS more FROM o GROUP BY customer_id, day, amount HAVING count(*) > 1),
c AS (SELECT count(*) AS n, max(day) - min(day) + 1 AS days FROM o GROUP BY customer_id)
SELECT (SELECT sum(more) FROM alike) AS duplicates,
  (SELECT count(*) FROM c WHERE n >= 100 AND (n >= days OR n * 100 > (SELECT count(*) FROM o))) AS house_accounts,
  (SELECT count(*) FROM o WHERE amount > (SELECT 20 * quantile_disc(ceil(amount), 0.99) FROM o)) AS absurd
"""

# Of customers who began within the data and long enough ago: how many ordered again, and again.
FIRST_ORDERS = """
WITH o AS {orders}, numbered AS (SELECT customer_id, day, row_number() OVER (PARTITION BY customer_id ORDER BY day) AS nth FROM o),
c AS (SELECT min(day) AS first_day, count(*) AS orders, min(day) FILTER (nth = 2) AS second_day FROM numbered GROUP BY customer_id),
ripe AS (FROM c WHERE first_day >= DATE '{first}' + {window} AND first_day < DATE '{as_of}' - {window})
SELECT count(*) AS customers, count(*) FILTER (orders >= 2) AS second, count(*) FILTER (orders >= 2 AND second_day < DATE '{as_of}' - {window}) AS second_ripe,
  count(*) FILTER (orders >= 3 AND second_day < DATE '{as_of}' - {window}) AS third FROM ripe
"""

# Still customers, but away more than three times their own usual gap, and what they spent in the last year.
OVERDUE = """
WITH o AS {orders}, c AS (SELECT count(DISTINCT day) AS days, DATE '{as_of}' - max(day) AS away, max(day) - min(day) AS span,
    coalesce(sum(amount) FILTER (day >= DATE '{start}'), 0) AS spent FROM o GROUP BY customer_id)
SELECT count(*) AS customers, sum(spent) AS revenue FROM c WHERE days >= 3 AND away <= {window} AND away * (days - 1) > span * 3
"""
