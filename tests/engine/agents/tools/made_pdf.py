"""PDFs made by hand, for tests: whatever tree of pages and contents one wants."""

import io
import zlib


def a_pdf(*pages: bytes, kids: str = "", count: int = 0) -> bytes:
    """A file with these streams as the contents of its pages; `kids` and `count` overrule the tree of pages."""
    numbers = [4 + 2 * place for place in range(len(pages))]
    tree = f"[{kids or ' '.join(f'{number} 0 R' for number in numbers)}] /Count {count or len(pages)}"
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids {tree} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    for number, content in zip(numbers, pages, strict=True):
        fonts = "/Resources << /Font << /F1 3 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents {number + 1} 0 R {fonts} >>"
        objects[number] = page.encode()
        packed = zlib.compress(content)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects[number + 1] = head + packed + b"\nendstream"
    out, places = io.BytesIO(b"%PDF-1.4\n"), {}
    out.seek(0, io.SEEK_END)
    for number, body in sorted(objects.items()):
        places[number] = out.tell()
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    start = out.tell()
    rows = "".join(f"{places[number]:010} 00000 n \n" for number in sorted(objects))
    size = len(objects) + 1
    out.write(f"xref\n0 {size}\n0000000000 65535 f \n{rows}trailer << /Size {size} /Root 1 0 R >>\n".encode())
    out.write(f"startxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def saying(words: str) -> bytes:
    return f"BT /F1 12 Tf 20 200 Td ({words}) Tj ET".encode()
