"""What the same work costs at least: a bare Flask application on the same database, with nothing of ours in it."""

from __future__ import annotations

from flask import Flask, render_template_string, request
from sqlalchemy import Engine, MetaData, Table, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

FIFTY_ROWS = """<!doctype html><html><head><title>Floor</title></head><body><table>
{% for row in rows %}<tr><td>{{ row.number }}</td><td><a href="/incidents/{{ row.number }}">{{ row.title }}</a></td>
<td>{{ row.severity }}</td><td>{{ row.stage }}</td><td>{{ row.declared_at }}</td></tr>{% endfor %}
</table></body></html>"""


class Base(DeclarativeBase):
    pass


class FloorNote(Base):
    """One row that a bare request inserts."""

    __tablename__ = "floor_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def bare(engine: Engine) -> Flask:
    """`POST /note` inserts one row with SQLAlchemy; `GET /rows` reads 50 incidents and renders them."""
    Base.metadata.create_all(engine)
    incident = Table("incident", MetaData(), autoload_with=engine)
    app = Flask(__name__)
    sessions = sessionmaker(engine)
    reads = sessionmaker(engine.execution_options(reads_only=True))

    @app.post("/note")
    def note() -> str:
        with sessions() as session, session.begin():
            session.add(FloorNote(text=request.form["text"]))
        return "ok"

    @app.get("/rows")
    def rows() -> str:
        with reads() as session:
            found = session.execute(select(incident).order_by(incident.c.declared_at.desc()).limit(50)).all()
            return render_template_string(FIFTY_ROWS, rows=found)

    return app
